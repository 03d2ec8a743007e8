package guard_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No guarded call leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
