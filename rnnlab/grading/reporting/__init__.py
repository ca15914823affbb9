"""What people read of an assignment's marks: feedback pages, the class report, and tables for other platforms."""
