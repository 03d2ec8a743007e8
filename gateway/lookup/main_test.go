package lookup_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No lookup leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
