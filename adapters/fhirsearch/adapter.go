package fhirsearch

import (
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
)

var _ call.Able = (*Region)(nil)

// Adapter is a region as its definition declares it: see [call.Declared].
func Adapter(r *Region) adapters.Adapter { return call.Declared(r, r.definition) }
