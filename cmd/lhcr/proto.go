package main

import (
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/protos"
)

// protoCommand hands out the contract.
type protoCommand struct {
	Export protoExport `cmd:"" help:"Write the contract's protos with every import, and a descriptor set."`
}

// protoExport is `proto export`.
type protoExport struct {
	Dir string `arg:"" help:"The folder to write to. It is made if it is not there; files of the same names are overwritten."`
}

// Help teaches.
func (protoExport) Help() string {
	return `The paths below the folder are import paths: give it to your compiler as its only
include path. lhcr.binpb is a google.protobuf.FileDescriptorSet of all of them, for
tools such as grpcurl -protoset.`
}

// Run runs `proto export`.
func (e protoExport) Run(c *console.Console) error {
	written, err := protos.Export(e.Dir)
	if err != nil {
		return err
	}
	return c.Write(strings.Join(written, "\n") + "\n")
}
