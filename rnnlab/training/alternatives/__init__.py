"""Other ways than back-propagation through time to train a recurrent network: exact, approximate and gradient-free."""
