print "install"
