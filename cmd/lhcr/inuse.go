package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// inUse names what to change where a listener's address is taken: names are what sets
// the address of each key of the configuration. Other errors stay as they are.
func inUse(err error, names map[string]string) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	var taken *net.OpError
	for key, name := range names {
		if strings.Contains(err.Error(), key+": ") && errors.As(err, &taken) {
			return fmt.Errorf("%s: %s is in use by another program: end that one, or choose another address (port 0 is any free one)", name, taken.Addr)
		}
	}
	return err
}
