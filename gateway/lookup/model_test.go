package lookup_test

import (
	"context"
	cryptorand "crypto/rand"
	"flag"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var (
	modelSeed  = flag.Uint64("model.seed", 0, "the seed of the model test; 0 takes another one each time")
	modelSteps = flag.Int("model.steps", 2000, "how many steps the model test takes in each world")
)

// TestAgainstTheModel looks records up at random, by callers who differ, in regions
// whose data changes and that fail in all ways, with purges in between and in the
// middle, clocks that jump, and a shared store that fails, hangs, loses, mixes up and
// brings back. After each lookup a simple model says whether it may say what it says:
//
//   - a view never sees what another fetched;
//   - a purge never comes back;
//   - partial never looks complete;
//   - an age is honest, and within the freshness asked;
//   - what must not be kept is not served from a cache;
//   - what one consent for a period of care opens is for its call alone;
//   - nothing kept stands beside a verdict on the person, or comes back after it;
//   - nothing of somebody else is delivered, and no item is lost.
func TestAgainstTheModel(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	for name, make := range map[string]func(*world){
		"memory only": func(w *world) { w.addGateway(cache.Options{Memory: 1 << 20}) },
		"little memory, and a shared store": func(w *world) {
			w.store = newUnruly(w)
			w.store.takesBack = true
			w.addGateway(cache.Options{Memory: 8 << 10, Shared: w.store, Keys: w.keys})
		},
		"two gateways, one with a shared store alone": func(w *world) {
			w.store = newUnruly(w)
			w.addGateway(cache.Options{Memory: 1 << 20, Shared: w.store, Keys: w.keys})
			w.addGateway(cache.Options{Shared: w.store, Keys: w.keys})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed)
				make(w)
				defer w.end()
				for range *modelSteps {
					if w.step(); t.Failed() {
						t.Fatalf("go test -run %q -model.seed=%d -model.steps=%d", t.Name(), seed, *modelSteps)
					}
				}
			})
		})
	}
}

// world is all that there is, and the model of it.
type world struct {
	t        *testing.T
	keys     *seal.Ring
	store    *unruly
	gateways []gateway
	regions  []*wayward

	mu       sync.Mutex
	chance   *rand.Rand
	jump     time.Duration // how far the clock is from the bubble's
	moments  int           // counts what happens, so that before and after can be told
	facts    []fact        // each answer of a region, by the number that it carries
	purges   []purged
	putBack  int       // the moment at which the clock was last put back
	verdicts []verdict // what regions said of a person as a whole
	ended    time.Time // when the answer that is being judged was there
	hits     int
}

// gateway is one process.
type gateway struct {
	cache  *cache.Cache
	lookup *lookup.Lookup
}

func newWorld(t *testing.T, seed uint64) *world {
	keys, err := seal.NewRing(cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, keys: keys, chance: rand.New(rand.NewPCG(seed, 1))}
	w.regions = []*wayward{
		{world: w, id: "dorset", locates: true, varies: []lhcrv1.VariesBy{variesByPerson, variesByOrganisation, variesByRole, variesByPurpose, variesByBasis}},
		{world: w, id: "wide", varies: []lhcrv1.VariesBy{variesByOrganisation}},
		{world: w, id: "unsaid", locates: true},
		{world: w, id: "asking", locates: true, asks: true, varies: []lhcrv1.VariesBy{variesByOrganisation}},
	}
	return w
}

func (w *world) addGateway(opts cache.Options) {
	opts.Now = w.now
	c := newCache(w.t, opts)
	var list []adapters.Adapter
	for _, r := range w.regions {
		list = append(list, r.adapter())
	}
	w.gateways = append(w.gateways, gateway{c, newLookup(w.t, lookup.Options{Cache: c, Keep: keepLong, Now: w.now}, list...)})
}

func (w *world) end() {
	for _, g := range w.gateways {
		if err := g.lookup.Close(context.Background()); err != nil {
			w.t.Error(err)
		}
	}
	w.t.Logf("%d answers of regions, %d sections from a cache", len(w.facts), w.hits)
	if w.hits < *modelSteps/20 && !w.t.Failed() {
		w.t.Errorf("only %d sections came from a cache in %d steps: nothing was tried", w.hits, *modelSteps)
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.jump)
}

// below is a number under n. The order in which goroutines ask is not the seed's.
func (w *world) below(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chance.IntN(n)
}

// moment is a number higher than that of everything before.
func (w *world) moment() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moments++
	return w.moments
}

func pick[T any](w *world, list ...T) T { return list[w.below(len(list))] }

// step lets something happen, or a few lookups side by side.
func (w *world) step() {
	time.Sleep(time.Duration(1 + w.below(int(6*time.Second))))
	switch w.below(40) {
	case 0:
		w.purge(w.below(len(w.gateways)), pick(w, nhsNumber, otherNumber))
	case 1:
		w.setClock()
	case 2, 3, 4:
		if w.store != nil {
			w.store.change()
		}
	default:
		var wg sync.WaitGroup
		for range 1 + w.below(4) {
			wg.Go(w.lookup)
		}
		wg.Wait()
	}
}

// setClock puts the clock forwards or back. A store that brings an epoch back which
// this process never saw replaced, together with a clock that was put back, is more
// than a process can tell from a store that is sound: not both in one world.
func (w *world) setClock() {
	far := int64(pick(w, 10*time.Second, 3*time.Minute, 20*time.Minute))
	by := time.Duration(w.below(int(2*far)) - int(far))
	if w.store != nil && w.store.takesBack {
		by = by.Abs()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.jump += by; by < 0 {
		w.moments++
		w.putBack = w.moments
	}
}

// purge purges a patient: for its gateway whatever comes of it, for the others when
// the store that they share took it.
func (w *world) purge(g int, number string) {
	p := purged{gateway: g, number: number, asked: w.moment()}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := w.gateways[g].cache.Purge(ctx, number)
	p.everywhere, p.done = err == nil, w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.purges = append(w.purges, p)
}

// purged is a purge: between which moments it was carried out, and for whom.
type purged struct {
	gateway     int
	number      string
	asked, done int
	everywhere  bool
}

// between says whether a purge was asked for after one moment, and done before another.
func (w *world) between(began, served int, gateway int, number string) bool {
	return slices.ContainsFunc(w.purges, func(p purged) bool {
		return p.number == number && (p.everywhere || p.gateway == gateway) && p.asked > began && p.done < served
	})
}

// trial is one lookup, as it began.
type trial struct {
	gateway int
	caller  *adapterv1.Caller
	request *lhcrv1.GetRecordRequest
	moment  int
	began   time.Time
}

func (w *world) lookup() {
	x := trial{gateway: w.below(len(w.gateways)), caller: caller(), request: request(pick(w,
		[]lhcrv1.Section{problems}, []lhcrv1.Section{alerts}, []lhcrv1.Section{allergies}, []lhcrv1.Section{problems, alerts},
		[]lhcrv1.Section{allergies, alerts}, []lhcrv1.Section{allergies, problems, alerts}, []lhcrv1.Section{allergies, problems, alerts})...)}
	x.caller.PersonId, x.caller.RoleCode = pick(w, "p1", "p1", "p1", "p2"), pick(w, "R1290", "R1290", "R1290", "R1543")
	x.caller.OrganisationOdsCode = pick(w, "FXX01", "FXX01", "FXX01", "FXX02")
	x.request.Patient.NhsNumber = pick(w, nhsNumber, nhsNumber, nhsNumber, otherNumber)
	x.request.Patient.DateOfBirth = pick(w, birthDate, birthDate, birthDate, birthDate, birthDate, birthDate, "", "1951-04-18")
	x.request.Freshness = pick(w, nil, nil, nil, within(30*time.Second), within(3*time.Minute), within(0), past())
	x.request.IncludeSource = w.below(8) == 0
	x.request.Access.Basis = pick[lhcrv1.AccessBasis](w, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4)
	if w.below(10) == 0 {
		x.request.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "dorset"}}
	}
	if reference := pick(w, "", "c1", "c2"); reference != "" {
		x.request.Access.Consents = append(x.request.Access.Consents, &lhcrv1.PeriodOfCareConsent{RegionId: "asking", Reference: reference})
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(100+w.below(9000))*time.Millisecond)
	defer cancel()
	if w.below(10) == 0 {
		time.AfterFunc(time.Duration(w.below(2000))*time.Millisecond, cancel)
	}
	x.moment, x.began = w.moment(), w.now()
	sent, err := w.gateways[x.gateway].lookup.Get(ctx, x.caller, x.request)
	if err != nil {
		if ctx.Err() == nil {
			w.t.Errorf("the lookup failed: %v", err)
		}
		return
	}
	w.judge(x, onWire(w.t, sent))
}
