"""What could not be read; these rules always run and cannot be waived."""
