package edge_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing of a gateway outlives its test.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
