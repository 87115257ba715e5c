package io.tapsentinel.route;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.builder.RouteBuilder;

/** The way to {@code tap.rejected.uri}. A folder is made for the owner only, and a file in it is there whole or not at all. */
public class RejectedRoute extends RouteBuilder {

    static final String STORE = "direct:tap-rejected";

    private final String uri;

    /** @param uri any Camel endpoint that takes bytes; the header CamelFileName has the record's name */
    public RejectedRoute(String uri) {
        this.uri = uri;
    }

    @Override
    public void configure() throws Exception {
        // whoever stores waits for the outcome and fails its window over it
        errorHandler(noErrorHandler());
        prepare("tap.rejected.uri", uri);
        from(STORE).routeId("tap-rejected").to(FileEndpoint.closed(uri));
    }

    /** Makes the folder of a {@code file:} endpoint, closed to others. */
    static Optional<Path> prepare(String property, String uri) {
        Optional<Path> folder = FileEndpoint.folder(uri);
        try {
            if (folder.isPresent()) {
                PrivateFiles.folder(folder.get());
            }
            return folder;
        } catch (IOException e) {
            throw new InvalidSettingException(property + " is \"" + uri + "\"; its folder has to be one that can be written ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}
