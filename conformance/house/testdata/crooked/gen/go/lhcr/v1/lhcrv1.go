package lhcrv1

import (
	_ "github.com/openlhcr/openlhcr/gen/go/rest/lhcr/v1"
)
