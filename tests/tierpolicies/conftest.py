"""Settings of the judge's tests."""

from hypothesis import settings

# Other processes may hold the machine: time is not what property tests are about.
settings.register_profile("tierpolicies", deadline=None)
settings.load_profile("tierpolicies")
