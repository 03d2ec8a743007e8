package services

import (
	"context"
	"slices"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ContractVersion is the version of the contract that the services answer.
const ContractVersion = "v1"

// About is what a gateway says of itself.
type About struct {
	// Version is that of the software.
	Version string
	// Features are those that are switched on.
	Features []string
	// ReaderVersion is that of the readers of all regions that are on.
	ReaderVersion string
	// Now is the clock.
	Now func() time.Time
}

// Server is the ServerService.
type Server struct {
	lhcrv1.UnsafeServerServiceServer
	about About
}

var _ lhcrv1.ServerServiceServer = (*Server)(nil)

// NewServer makes the ServerService.
func NewServer(about About) *Server {
	about.Features = slices.Sorted(slices.Values(about.Features))
	return &Server{about: about}
}

// GetServerInfo says what this gateway is.
func (s *Server) GetServerInfo(context.Context, *lhcrv1.GetServerInfoRequest) (*lhcrv1.GetServerInfoResponse, error) {
	return &lhcrv1.GetServerInfoResponse{
		Version: s.about.Version, ContractVersion: ContractVersion, Features: s.about.Features,
		ReaderVersion: s.about.ReaderVersion, Time: timestamppb.New(s.about.Now()),
	}, nil
}
