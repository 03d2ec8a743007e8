package gateway_test

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// works is a registry whose regions answer with the secret that their adapter was
// made with, and remember how often one was made.
type works struct {
	mu   sync.Mutex
	made map[string]int
	// waits makes the next fetch from a region wait for it.
	waits map[string]slow
	// fails makes every fetch fail. Set before the gateway runs.
	fails bool
}

func (w *works) entries(ids ...string) []adapters.Entry {
	w.made, w.waits = map[string]int{}, map[string]slow{}
	var out []adapters.Entry
	for _, id := range ids {
		about := (&region{id: id}).Describe()
		out = append(out, adapters.Entry{ID: id, Describe: func() *adapterv1.DescribeResponse { return about }, New: func(e adapters.Environment) (adapters.Adapter, error) {
			w.count(id)
			secret := e.Settings.ClientSecret.Reveal()
			return &region{id: id, fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
				if s, ok := w.takeWait(id); ok {
					s.asked <- struct{}{}
					<-s.answer
				}
				if w.fails {
					return nil, status.Error(codes.Unavailable, "down")
				}
				record := allergic(id, "a1")
				record.Allergies[0].Code.Text = secret
				return answers(record)(ctx, req)
			}}, nil
		}})
	}
	return out
}

func (w *works) count(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made[id]++
}

func (w *works) takeWait(id string) (slow, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.waits[id]
	delete(w.waits, id)
	return s, ok
}

func (w *works) holdUp(id string, s slow) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits[id] = s
}

// adaptersMade is how often an adapter was made since the last time, each counted
// twice: a check makes one too.
func (w *works) adaptersMade() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	made := w.made
	w.made = map[string]int{}
	return made
}

// reloadable is a house of two regions whose configuration a test can change.
type reloadable struct {
	*house
	works
	folder string
	mu     sync.Mutex
	next   *config.Config
}

func prepareReloadable(t *testing.T) *reloadable {
	t.Helper()
	r := &reloadable{folder: t.TempDir()}
	r.house = prepare(t, &region{id: "dorset"}, &region{id: "yorkshire"})
	registry, err := adapters.NewRegistry(r.works.entries("dorset", "yorkshire")...)
	if err != nil {
		t.Fatal(err)
	}
	r.opts.Registry = registry
	for _, id := range []string{"dorset", "yorkshire"} {
		settings := r.config.Regions[id]
		settings.ClientSecretFile = write(t, r.folder, id+".secret", "old")
		r.config.Regions[id] = settings
	}
	r.next = r.config
	r.opts.Reread = func() (*config.Config, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.next, nil
	}
	return r
}

func startReloadable(t *testing.T) *reloadable {
	t.Helper()
	r := prepareReloadable(t)
	r.open(t)
	r.adaptersMade()
	return r
}

// change changes the configuration of which the gateway hears at its next reload.
func (r *reloadable) change(change func(*config.Config)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := *r.next
	next.Regions, next.Organisations = maps.Clone(next.Regions), maps.Clone(next.Organisations)
	change(&next)
	r.next = &next
}

func (r *reloadable) mustReload(t *testing.T) {
	t.Helper()
	if err := r.Reload(t.Context()); err != nil {
		t.Fatalf("the reload: %v", err)
	}
}

// secrets are what each region's adapter was made with, as a live lookup sees it.
func (r *reloadable) secrets(t *testing.T) map[string]string {
	t.Helper()
	req := allergies()
	req.Freshness = &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}
	res, err := r.records(t).GetRecord(r.as(t), req)
	if err != nil {
		t.Fatal(err)
	}
	return secretsOf(res)
}

func secretsOf(res *lhcrv1.GetRecordResponse) map[string]string {
	got := map[string]string{}
	for _, a := range res.GetRecord().GetAllergies() {
		got[a.GetHeader().GetRegionId()] = a.GetCode().GetText()
	}
	return got
}
