package assertion

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

// NewPatientTokenSource is NewTokenSource whose waits are told instead of waited.
func NewPatientTokenSource(config Config, wait func(time.Duration)) (*sdk.CachedToken, error) {
	s, err := newSource(config)
	if err != nil {
		return nil, err
	}
	s.sleep = func(_ context.Context, d time.Duration) error {
		wait(d)
		return nil
	}
	return sdk.NewCachedToken(s.mint, sdk.CacheClock(s.Now)), nil
}

// ParseKey is for fuzzing.
func ParseKey(content []byte) bool {
	key, err := parseKey(content)
	return err == nil && key != nil
}
