package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/sdk"
)

// versionCommand is `version`.
type versionCommand struct{ formatFlag }

// versionInfo is what the binary knows of itself.
type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Contract string `json:"contract"`
	Go       string `json:"go"`
}

// version reads what the go command wrote into the binary.
func version() versionInfo {
	v := versionInfo{Version: "devel", Contract: sdk.ContractVersion, Go: runtime.Version()}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if build.Main.Version != "" && build.Main.Version != "(devel)" {
		v.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// Run runs `version`.
func (f versionCommand) Run(c *console.Console) error {
	v := version()
	if f.json() {
		line, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		return c.Write(string(line) + "\n")
	}
	line := "lhcr " + v.Version + ", contract " + v.Contract + ", " + v.Go
	if v.Revision != "" {
		line += ", revision " + v.Revision
	}
	if v.Modified {
		line += " with changes"
	}
	return c.Write(line + "\n")
}
