package io.tapsentinel.routes;

import static io.tapsentinel.routes.RoutesFixture.TABLES;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FaultProxy.Fault;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reload that meets uploads which never end. */
class HangingReloadIT {

    @TempDir
    Path folder;

    @Test
    void aReloadWhileTheSinkHangsFailsTheWindowInsteadOfHangingIt() throws Exception {
        try (LiveRoutes routes = new LiveRoutes(folder, 300)) {
            routes.services.with("tap.shutdown-timeout", "PT1S");
            routes.start();
            routes.services
                    .sinkProxy()
                    .next(Collections.nCopies(100, Fault.REFUSE).toArray(Fault[]::new));
            CompletableFuture<Void> poll = routes.pollHeld();

            routes.force(TABLES, routes.text(TABLES)).join();

            assertThat(poll).as("the run that was reading").succeedsWithin(LiveRoutes.SOON);
            assertThat(routes.services.reads()).isEmpty();
            routes.services.sinkProxy().forget();
            routes.services.sinkProxy().release();
            routes.pollUntilRead();
            routes.assertEachLandedOnce();
        }
    }
}
