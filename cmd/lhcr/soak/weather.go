package soak

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

// weather lets regions fail in random ways for random stretches of time, one at a time,
// until ctx is done. Then every region is well again.
func (r *run) weather(ctx context.Context, chance *rand.Rand) {
	systems := r.house.Sandbox.Systems()
	for rest(ctx, between(chance, 200, 1000)) == nil {
		system := systems[chance.IntN(len(systems))]
		r.spell(system, chance)
		_ = rest(ctx, between(chance, 200, 2000)) // over early is over
		system.ClearFaults()
	}
}

// between is a random stretch of time, in milliseconds.
func between(chance *rand.Rand, least, most int) time.Duration {
	return time.Duration(least+chance.IntN(most-least)) * time.Millisecond
}

// spell lets one region fail.
func (r *run) spell(system *sandbox.System, chance *rand.Rand) {
	region := system.Access().RegionID
	if chance.IntN(15) == 0 {
		system.RevokeTokens()
		r.tally.fault(region + ": tokens revoked")
		return
	}
	f, scope := r.fault(chance)
	system.Fault(f)
	r.tally.fault(region + ": " + string(f.Kind) + ", " + scope)
}

// fault is one fault, and whom it befalls.
func (r *run) fault(chance *rand.Rand) (f sandbox.Fault, scope string) {
	kinds := fault.Kinds()
	f = sandbox.Fault{Kind: kinds[chance.IntN(len(kinds))]}
	if f.Kind == fault.GiantBody {
		f.Times = 1 // 64 MiB each
		return f, "one call"
	}
	if f.Kind == fault.WrongPatient {
		// The patient that comes back names somebody. Another search may have nothing of the other
		// patient, and an empty list names nobody: nothing tells it from an honest one.
		f.ResourceType, f.Times = "Patient", 1+chance.IntN(20)
		return f, "searches for the patient"
	}
	switch n := chance.IntN(10); {
	case n < 4:
		f.NHSNumber, scope = r.people[chance.IntN(len(r.people))].is.NHSNumber, "one patient"
	case n < 6:
		types := []string{"AllergyIntolerance", "MedicationRequest", "Condition", "Observation", "List", "Flag", "Patient"}
		f.ResourceType, scope = types[chance.IntN(len(types))], "one resource type"
	case n < 9:
		f.Times, scope = 1+chance.IntN(20), "some calls"
	default:
		scope = "every call"
	}
	return f, scope
}
