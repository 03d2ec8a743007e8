package gateway

import (
	"maps"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
)

// addresses are where a region is reached, for the list of network endpoints. The
// purposes are those of the definitions; those of a further system begin with its name.
func addresses(settings config.Region) []directory.Address {
	if target := settings.Adapter.Target; target != "" {
		return []directory.Address{{Purpose: "adapter", URL: "grpc://" + target}}
	}
	out := systemAddresses("", settings.System)
	for _, name := range slices.Sorted(maps.Keys(settings.Systems)) {
		out = append(out, systemAddresses(name+"-", settings.Systems[name])...)
	}
	return out
}

func systemAddresses(system string, s config.System) []directory.Address {
	var out []directory.Address
	add := func(purpose, url string) {
		if url != "" {
			out = append(out, directory.Address{Purpose: system + purpose, URL: url})
		}
	}
	add("record", s.BaseURL)
	add("token", s.TokenURL)
	for _, name := range slices.Sorted(maps.Keys(s.Addresses)) {
		add(name, s.Addresses[name])
	}
	for _, host := range s.AllowHosts {
		add("other", "https://"+host)
	}
	return out
}
