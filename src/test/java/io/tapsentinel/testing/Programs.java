package io.tapsentinel.testing;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.testing.SimulatedServices.Maker;
import io.tapsentinel.yamlroutes.RouteFiles;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Programs with parts replaced for tests. */
public final class Programs {

    private static final RoutesReload.Pace FAST = new RoutesReload.Pace(Duration.ofMillis(50), Duration.ofMillis(300));

    private Programs() {}

    /** With the YAML routes of this folder and a fast reload. */
    public static Parts withRoutes(Path folder) {
        return new Parts() {
            @Override
            protected Path routesFolder() {
                return folder;
            }

            @Override
            protected RoutesReload.Pace reloadPace() {
                return FAST;
            }
        };
    }

    /** Copies the packaged routes to a folder and edits one file. */
    public static Path copyRoutes(Path folder, String file, UnaryOperator<String> edit) {
        try {
            Files.createDirectories(folder);
            for (var packaged : RouteFiles.packaged().texts().entrySet()) {
                String text = packaged.getValue();
                Files.writeString(
                        folder.resolve(packaged.getKey()), packaged.getKey().equals(file) ? edit.apply(text) : text);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With changed pauses. */
    public static Parts pausing(UnaryOperator<Duration> other) {
        return new Parts() {
            @Override
            protected StopSignal stopSignal() {
                return new StopSignal() {
                    @Override
                    public boolean pause(Duration pause) {
                        return super.pause(other.apply(pause));
                    }
                };
            }
        };
    }

    /** A program that polls right after the start, like in production. */
    public static Maker askingAtOnce(Parts parts) {
        return (settings, properties, clock, committed) ->
                new Program(settings, properties, clock, clock, committed, FatalErrors.LOG_ONLY, parts).askAtOnce();
    }
}
