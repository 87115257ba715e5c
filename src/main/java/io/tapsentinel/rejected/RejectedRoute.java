package io.tapsentinel.rejected;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.azure.storage.blob.BlobConstants;
import org.apache.camel.component.azure.storage.blob.BlobOperationsDefinition;

/**
 * The route to {@code tap.rejected.uri}. A folder is readable by its owner only and its files appear complete or not at
 * all; in a blob container each record is a blob.
 */
public class RejectedRoute extends RouteBuilder {

    static final String STORE = "direct:tap-rejected";

    private final String uri;

    /**
     * @param uri any Camel endpoint that takes bytes; the headers CamelFileName and CamelAzureStorageBlobBlobName have
     *            the record's name
     */
    public RejectedRoute(String uri) {
        this.uri = uri;
    }

    @Override
    public void configure() throws Exception {
        // the caller waits for the outcome and fails its window
        errorHandler(noErrorHandler());
        prepare("tap.rejected.uri", uri);
        // without an operation the blob endpoint lists containers and stores nothing
        from(STORE)
                .routeId("tap-rejected")
                .setHeader(BlobConstants.BLOB_OPERATION)
                .constant(BlobOperationsDefinition.uploadBlockBlob)
                .setHeader(BlobConstants.BLOB_NAME)
                .header(Exchange.FILE_NAME)
                .to(FileEndpoint.closed(uri));
    }

    /** Creates the folder of a {@code file:} endpoint, readable by the owner only. */
    public static Optional<Path> prepare(String property, String uri) {
        Optional<Path> folder = FileEndpoint.folder(uri);
        try {
            if (folder.isPresent()) {
                PrivateFiles.folder(folder.get());
            }
            return folder;
        } catch (IOException e) {
            throw new InvalidSettingException(
                    property + " is \"" + uri + "\"; its folder must be writable (" + SafeMessage.of(e) + ")");
        }
    }
}
