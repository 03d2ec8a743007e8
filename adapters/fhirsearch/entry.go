package fhirsearch

import (
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// Entry is a region for a registry, from the region.yaml that its package embeds. The
// adapter that wrap makes offers what the region can do. A broken region.yaml panics.
func Entry(source []byte, wrap func(*Region) adapters.Adapter) adapters.Entry {
	d := definition.MustParse(source)
	return adapters.Entry{
		ID:       d.ID,
		Describe: func() *adapterv1.DescribeResponse { return Describe(d, adapters.Settings{}) },
		New: func(env adapters.Environment) (adapters.Adapter, error) {
			region, err := New(d, env)
			if err != nil {
				return nil, err
			}
			return wrap(region), nil
		},
	}
}
