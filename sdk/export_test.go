package sdk

import (
	"context"
	"time"
)

// WithWaits takes the waits between attempts instead of waiting, each drawn to its longest.
func WithWaits(wait func(context.Context, time.Duration) error) Option {
	return func(s *settings) { s.sleep, s.random = wait, func() float64 { return 1 } }
}
