# the installer
