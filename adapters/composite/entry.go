package composite

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
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
// deployment's environment for the region, each other that of its name in Environment.Parts.
// One whose environment has no client is a system that the deployment leaves out; one of which
// nothing is said there may be forgotten, and is an error.
//
// The entry's New fails if the systems do not describe one region, have no or no distinct
// names, if one of them is not spoken of, or cannot be made, or if one is lent that the region
// does not have. It says so of all at once.
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
	wrong := strangers(parts, env)
	for _, p := range parts {
		lent, err := environment(p, env)
		if err == nil && p.Name != "" && lent.HTTP == nil {
			all = append(all, about{name: p.Name, said: p.Entry.Describe()})
			continue
		}
		var s *system
		if err == nil {
			s, err = newSystem(p, lent)
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		r.systems = append(r.systems, s)
		all = append(all, about{name: p.Name, connected: true, said: s.Describe()})
	}
	if err := definition.Together(wrong...); err != nil {
		return nil, err
	}
	r.about = merged(all)
	return r, nil
}

// strangers are the systems that the region does not have.
func strangers(parts []Part, env adapters.Environment) []error {
	var known []string
	for _, p := range parts[1:] {
		known = append(known, p.Name)
	}
	return definition.Strangers("systems", slices.Sorted(maps.Keys(env.Parts)), known)
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
func environment(p Part, env adapters.Environment) (adapters.Environment, error) {
	if p.Name == "" {
		env.Parts = nil // the others' are not its own
		return env, nil
	}
	lent, ok := env.Parts[p.Name]
	if !ok {
		return lent, fmt.Errorf("systems.%s is missing: configure it, or say that it is left out with off: true", p.Name)
	}
	if lent.Now == nil {
		lent.Now = env.Now
	}
	if lent.Random == nil {
		lent.Random = env.Random
	}
	return lent, nil
}
