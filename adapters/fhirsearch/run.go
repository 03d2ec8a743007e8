package fhirsearch

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"golang.org/x/sync/errgroup"
)

// job is one search of one patient to be made.
type job struct {
	search      definition.Search
	name, value string
}

// run makes searches side by side, as many at once as the definition allows, and gives
// what each found, in their order. One that fails does not touch the others.
func (s *session) run(ctx context.Context, jobs []job) []found {
	out := make([]found, len(jobs))
	var group errgroup.Group
	group.SetLimit(s.definition.Limits.Parallel)
	for i, j := range jobs {
		group.Go(func() error {
			out[i] = s.search(ctx, j.search, j.name, j.value)
			return nil
		})
	}
	_ = group.Wait() // every failure is in its own found
	return out
}

// add puts together what the same search found for several records of one person.
func (f *found) add(other found) {
	f.pages = append(f.pages, other.pages...)
	f.matches += other.matches
	f.cut = f.cut || other.cut
	if f.failure == nil {
		f.failure = other.failure
	}
}
