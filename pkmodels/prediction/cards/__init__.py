"""What a drug card is made of: numbers, covariates, variability between people, and the checks that read them."""
