package sdk

import (
	_ "database/sql"
	_ "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)
