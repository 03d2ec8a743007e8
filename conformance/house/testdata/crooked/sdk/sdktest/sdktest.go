package sdktest

import (
	_ "github.com/openlhcr/openlhcr/gateway/cache"
)
