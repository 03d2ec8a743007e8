package main

import (
	_ "github.com/openlhcr/openlhcr/adapters/dorset"
	_ "github.com/openlhcr/openlhcr/adapters/sandbox"
	_ "github.com/openlhcr/openlhcr/gateway/cache"
)

func main() {}
