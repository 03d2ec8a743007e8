package assertion

import (
	_ "github.com/openlhcr/openlhcr/gateway/cache"
)
