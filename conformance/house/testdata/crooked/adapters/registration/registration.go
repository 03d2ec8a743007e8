package registration

import (
	_ "github.com/openlhcr/openlhcr/adapters/dorset"
)
