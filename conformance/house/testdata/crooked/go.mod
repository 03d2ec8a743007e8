// A module in which every import rule of the house is broken once.
module github.com/openlhcr/openlhcr

go 1.26.0
