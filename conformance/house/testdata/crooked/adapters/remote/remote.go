package remote

import (
	_ "github.com/openlhcr/openlhcr/gateway/cache"
)
