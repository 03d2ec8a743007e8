//go:build !unix

package soak

import (
	"context"
	"time"
)

// pause does nothing where a process cannot be stopped.
func (*store) pause(context.Context, time.Duration) {}
