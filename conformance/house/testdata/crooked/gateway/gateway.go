package gateway

import (
	_ "github.com/openlhcr/openlhcr/adapters"
	_ "github.com/openlhcr/openlhcr/adapters/registration"
)
