package composite

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var (
	_ adapters.Adapter         = (*region)(nil)
	_ adapters.Locator         = (*region)(nil)
	_ adapters.DocumentFetcher = (*region)(nil)
	_ adapters.Contributor     = (*region)(nil)
	_ adapters.Checker         = (*region)(nil)
)

// region is the systems that the deployment is connected to, the main one first.
type region struct {
	systems []*system
	about   *adapterv1.DescribeResponse
}

// Describe is what the systems say together.
func (r *region) Describe() *adapterv1.DescribeResponse { return proto.CloneOf(r.about) }

func (r *region) id() string { return r.about.GetRegion().GetRegionId() }

// system is one of them, behind the wrapper that keeps its promises for it.
type system struct {
	*adapters.Region
	name  string
	limit time.Duration // how long a fetch may take at most
}

// defaultLimit is that of a system whose definition states none.
const defaultLimit = 30 * time.Second

func newSystem(p Part, env adapters.Environment) (*system, error) {
	adapter, err := p.Entry.New(env)
	if err != nil {
		return nil, named(p.Name, err)
	}
	wrapped, err := adapters.NewRegion(adapter)
	if err != nil {
		return nil, named(p.Name, err)
	}
	s := &system{Region: wrapped, name: p.Name, limit: defaultLimit}
	if own := wrapped.Describe().GetFetchTimeout().AsDuration(); own > 0 {
		s.limit = own
	}
	return s, nil
}

func named(part string, err error) error {
	if part == "" {
		return err
	}
	return fmt.Errorf("systems.%s: %w", part, err)
}

// can says whether the system has declared a capability.
func (s *system) can(c lhcrv1.Capability) bool { return about{said: s.Describe()}.can(c) }

// that gives the systems that have declared a capability.
func (r *region) that(c lhcrv1.Capability) []*system {
	var out []*system
	for _, s := range r.systems {
		if s.can(c) {
			out = append(out, s)
		}
	}
	return out
}

func unimplemented() error {
	return status.Error(codes.Unimplemented, "none of this region's systems does this")
}
