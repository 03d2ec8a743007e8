package gateway

import (
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/remote"
)

// reach is by what a region is reached: what its adapter was lent or, of one in a
// process of its own, the connection to that.
type reach struct {
	lent    adapters.Environment
	outside *remote.Client // nil for an adapter in this process
}

// lastCall is after how long nothing is asked any more of a region that was replaced:
// no call lasts for longer.
const lastCall = 5 * time.Minute

// replaced lets go of what nobody uses now, and of the rest once nobody can.
func (r *reach) replaced() {
	closeIdle(r.lent)
	if r.outside != nil {
		time.AfterFunc(lastCall, r.close)
	}
}

// close lets go of everything at once.
func (r *reach) close() {
	closeIdle(r.lent)
	if r.outside != nil {
		_ = r.outside.Close() // nothing is asked of it any more
	}
}
