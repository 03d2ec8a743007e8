package main

import (
	"context"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

var (
	chanceSeed   = flag.Uint64("chance.seed", 1, "the seed of TestChanceFaultsOfEveryRegionBreakNoSafetyRule")
	chanceRounds = flag.Int("chance.rounds", 20, "its lookups")
)

// Every simulated region at once, each failing in a way drawn at random or not at all:
// whatever comes of it keeps the safety rules.
func TestChanceFaultsOfEveryRegionBreakNoSafetyRule(t *testing.T) {
	d := house(t, live(demo.Options{Regions: simulated(t), CallTimeout: 20 * time.Second, RegionTimeouts: hurry(t, 3*time.Second)}))
	c := newChance(t, d)
	for round := range *chanceRounds {
		c.round(t, round)
	}
}

// simulated are the ids of every region that the sandbox simulates.
func simulated(testing.TB) []string { return sandbox.Regions() }

// hurry bounds every region alike.
func hurry(t testing.TB, limit time.Duration) map[string]time.Duration {
	limits := map[string]time.Duration{}
	for _, id := range simulated(t) {
		limits[id] = limit
	}
	return limits
}

// chance draws lookups and faults.
type chance struct {
	*rand.Rand
	demo   *demo.Demo
	client *sdk.Client
	judge  *rules.Judge
	people []sandbox.Patient
	truths []*rules.Truth
}

// newChance learns what the regions hold while nothing fails.
func newChance(t *testing.T, d *demo.Demo) *chance {
	t.Helper()
	c := &chance{
		Rand: rand.New(rand.NewPCG(*chanceSeed, 0)), demo: d, client: supplier(t, d),
		judge: rules.NewJudge(0), people: everybody(t),
	}
	for i, p := range c.people {
		c.truths = append(c.truths, rules.Learn(c.unhurried(t, everything(p))))
		c.judge.Knows(i, c.truths[i])
	}
	return c
}

// unhurried asks until no region was cut off because the machine is busy.
func (c *chance) unhurried(t *testing.T, q sdk.Query) *lhcrv1.GetRecordResponse {
	t.Helper()
	for range 20 {
		answer := mustLookup(t, c.client, q).Unguarded()
		if !cutOff(answer) {
			return answer
		}
	}
	t.Fatal("a region does not answer in time, though nothing was made to fail")
	return nil
}

func cutOff(answer *lhcrv1.GetRecordResponse) bool {
	for _, o := range answer.GetOutcomes() {
		if o.GetStatus() == unavailable || hasGap(o, lhcrv1.GapKind_GAP_KIND_TIMED_OUT) {
			for _, g := range o.GetGaps() {
				if g.GetProviderName()+g.GetProviderOdsCode() == "" {
					return true
				}
			}
		}
	}
	return false
}

func (c *chance) round(t *testing.T, round int) {
	t.Helper()
	who := c.IntN(len(c.people))
	question := rules.Question{Patient: who, Sections: c.sections(), PastCache: true, MaxAge: -1}
	// That somebody is taken for somebody else, only one of a region's systems may know:
	// while it is down, the other's word stands alone.
	if truth := c.truths[who]; !truth.Mistaken() {
		question.Truth = truth
	}
	var said []string
	for _, system := range c.demo.Sandbox.Systems() {
		question.Regions = append(question.Regions, system.Access().RegionID)
		if kind, ok := c.spoil(system, c.people[who]); ok {
			said = append(said, system.Access().RegionID+" "+string(kind))
		}
	}
	answer, err := c.ask(t.Context(), question)
	for _, system := range c.demo.Sandbox.Systems() {
		system.ClearFaults()
	}
	if err != nil {
		t.Fatalf("round %d (%v): %v", round, said, err)
	}
	for _, v := range c.judge.Check(rules.Answer{Question: question, Sent: time.Now(), Received: time.Now(), Response: answer}) {
		if !halfHeard(v) {
			t.Errorf("round %d (%v): %s: %s", round, said, v.Rule, v.Detail)
		}
	}
}

// halfHeard: where one of a region's two systems cannot say whether it holds the patient,
// the other's word that it does not is all that there is of its sections.
func halfHeard(v rules.Violation) bool {
	return v.Rule == rules.Whole && strings.HasSuffix(v.Detail, "is said to be OUTCOME_STATUS_NOT_HELD and is OUTCOME_STATUS_NOTHING_RECORDED")
}

// spoil has a system fail in one of two lookups.
func (c *chance) spoil(system *sandbox.System, who sandbox.Patient) (fault.Kind, bool) {
	if c.IntN(2) == 0 {
		return "", false
	}
	kinds := append(fault.Kinds(), fault.IHEKinds()...) // what a system cannot show is no fault of it
	f := sandbox.Fault{Kind: kinds[c.IntN(len(kinds))], NHSNumber: who.NHSNumber}
	if types := []string{"", "", "Patient", "AllergyIntolerance", "MedicationRequest", "DocumentReference", "Composition", "Binary"}; c.IntN(2) == 0 {
		f.ResourceType = types[c.IntN(len(types))]
	}
	if c.IntN(3) == 0 {
		f.Times = 1 + c.IntN(3)
	}
	if c.IntN(4) == 0 {
		system.RevokeTokens()
	}
	system.Fault(f)
	return f.Kind, true
}

// sections are all, or a few.
func (c *chance) sections() []lhcrv1.Section {
	all := rules.Sections()
	if c.IntN(2) == 0 {
		return all
	}
	c.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+c.IntN(4)]
}

// ask asks at once, or region by region.
func (c *chance) ask(ctx context.Context, q rules.Question) (*lhcrv1.GetRecordResponse, error) {
	query := everything(c.people[q.Patient])
	query.Sections = q.Sections
	if c.IntN(2) == 0 {
		record, err := c.client.StreamRecord(ctx, query).Record()
		return record.Unguarded(), err
	}
	record, err := lookup(ctx, c.client, query)
	if err != nil {
		return nil, err
	}
	return record.Unguarded(), nil
}
