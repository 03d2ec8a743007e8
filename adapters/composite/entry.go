package composite

import (
	"errors"
	"fmt"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// Part is one of a region's systems.
type Part struct {
	// Name is that of the system within its region ("documents"), under which the
	// deployment lends it an environment. Empty for the main one, which comes first.
	Name string
	// Entry makes its adapter.
	Entry adapters.Entry
}

// Entry makes a region of its systems, the main one first. The main system gets the
// deployment's environment for the region, each other that of its name in Environment.Parts;
// one that is not there is a system which the deployment is not connected to.
//
// The entry's New fails if the systems do not describe one region, have no or no distinct
// names, or if one of them cannot be made.
func Entry(parts ...Part) adapters.Entry {
	return adapters.Entry{
		ID:       parts[0].Entry.ID,
		Describe: func() *adapterv1.DescribeResponse { return merged(described(parts)) },
		New:      func(env adapters.Environment) (adapters.Adapter, error) { return build(parts, env) },
	}
}

func described(parts []Part) []about {
	out := make([]about, 0, len(parts))
	for _, p := range parts {
		out = append(out, about{name: p.Name, connected: true, said: p.Entry.Describe()})
	}
	return out
}

// build makes the systems that the deployment is connected to.
func build(parts []Part, env adapters.Environment) (adapters.Adapter, error) {
	if err := check(parts); err != nil {
		return nil, err
	}
	r := &region{}
	var all []about
	for _, p := range parts {
		lent, connected := environment(p, env)
		if !connected {
			all = append(all, about{name: p.Name, said: p.Entry.Describe()})
			continue
		}
		s, err := newSystem(p, lent)
		if err != nil {
			return nil, err
		}
		r.systems = append(r.systems, s)
		all = append(all, about{name: p.Name, connected: true, said: s.Describe()})
	}
	r.about = merged(all)
	return r, nil
}

func check(parts []Part) error {
	seen := map[string]bool{}
	for i, p := range parts {
		switch {
		case (p.Name == "") != (i == 0):
			return errors.New("a composite's first system has no name, and each other has one")
		case seen[p.Name]:
			return fmt.Errorf("two systems of a composite are called %q", p.Name)
		case p.Entry.Describe().GetRegion().GetRegionId() != parts[0].Entry.ID:
			return fmt.Errorf("system %q describes another region than %q", p.Name, parts[0].Entry.ID)
		}
		seen[p.Name] = true
	}
	return nil
}

// environment is what a system is lent. Clock and chance are the region's where it has none.
func environment(p Part, env adapters.Environment) (adapters.Environment, bool) {
	if p.Name == "" {
		return env, true
	}
	lent, ok := env.Parts[p.Name]
	if lent.Now == nil {
		lent.Now = env.Now
	}
	if lent.Random == nil {
		lent.Random = env.Random
	}
	return lent, ok
}
