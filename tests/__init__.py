"""The tests: each name states a promise, each body is what a user would write."""
