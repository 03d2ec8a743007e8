package cache_test

import _ "github.com/openlhcr/openlhcr/adapters/sandbox"
