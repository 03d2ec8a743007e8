package cache_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No cache leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
