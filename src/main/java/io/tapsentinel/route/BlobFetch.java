package io.tapsentinel.route;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.tapsentinel.state.PrivateFiles;
import io.tapsentinel.state.ReplayedBlobs.Blob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a container: lists it page by page and fetches one blob at a time. Camel's own operations hold all of a listing at once. */
final class BlobFetch {

    /** As many as Azure puts on a page; a page costs one request. */
    private static final int PAGE = 5_000;

    private final BlobContainerClient container;
    private final String prefix;
    private final Path spool;

    BlobFetch(BlobContainerClient container, String prefix, Path spool) {
        this.container = container;
        this.prefix = prefix;
        this.spool = spool;
    }

    /** Pages of the container, each asked for when it is its turn. */
    Iterable<PagedResponse<BlobItem>> pages() {
        ListBlobsOptions options = new ListBlobsOptions().setMaxResultsPerPage(PAGE);
        return container
                .listBlobs(prefix.isEmpty() ? options : options.setPrefix(prefix), null)
                .iterableByPage();
    }

    /** The listed version of a blob, whole, in a file that is closed to others; whoever gets it removes it. */
    Path fetch(Blob blob) throws IOException {
        Path copy = Files.createTempFile(PrivateFiles.folder(spool), "cos-replay-", ".json");
        try (OutputStream out = Files.newOutputStream(copy)) {
            container
                    .getBlobClient(blob.name())
                    .downloadStreamWithResponse(
                            out,
                            null,
                            new DownloadRetryOptions().setMaxRetryRequests(0),
                            new BlobRequestConditions().setIfMatch(quoted(blob.etag())),
                            false,
                            null,
                            Context.NONE);
            return copy;
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(copy);
            throw e;
        }
    }

    /** Listings leave the quotes out that HTTP wants. */
    private static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : '"' + etag + '"';
    }
}
