package io.tapsentinel.route;

import io.tapsentinel.health.Findings;
import io.tapsentinel.health.KnownProblem;
import io.tapsentinel.health.ProgramHealthCheck;
import io.tapsentinel.state.ReplayedBlobs;
import io.tapsentinel.state.Store;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.azure.storage.blob.BlobEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a container for blobs to bring in, in one thread, whenever its delay has passed. */
public class BlobReplayRoute extends RouteBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(BlobReplayRoute.class);

    private final BlobPlace place;
    private final Path spool;
    private final BlobReplay replay;

    /**
     * @param spool  folder for the one blob that is being replayed
     * @param steady for pauses
     */
    public BlobReplayRoute(
            BlobPlace place, Path spool, Replay replay, Store store, StopSignal stop, Clock clock, Clock steady) {
        this.place = place;
        this.spool = spool;
        this.replay = new BlobReplay(
                replay,
                new ReplayedBlobs(store, place.account() + "/" + place.container(), clock),
                stop,
                new BlobPauses(place.delay(), steady));
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        // made here, so that a wrong account stops the start
        BlobEndpoint container = getContext().getEndpoint(place.uri(), BlobEndpoint.class);
        LOG.info("brings in the blobs of {}, looks every {}", place, place.delay());
        from("scheduler:tap-replay?initialDelay=1000&delay=" + place.delay().toMillis())
                .routeId("tap-replay")
                .process(tick -> look(container, tick));
    }

    private void look(BlobEndpoint container, Exchange tick) {
        replay.look(
                new BlobFetch(
                        container.getBlobServiceClient().getBlobContainerClient(place.container()),
                        place.prefix(),
                        spool),
                tick.getContext());
    }

    /** How it does. */
    public ProgramHealthCheck health() {
        return new ProgramHealthCheck("replay") {
            @Override
            protected void look(Findings findings) {
                findings.detail("replay.place", place.toString())
                        .detail("replay.blobs-brought-in", replay.broughtIn())
                        .detail("replay.blobs-refused", replay.refused());
                replay.failure().ifPresent(why -> findings.problem(KnownProblem.REPLAY_WAITS, why));
            }
        };
    }
}
