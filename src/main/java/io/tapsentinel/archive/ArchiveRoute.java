package io.tapsentinel.archive;

import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.azure.storage.blob.BlobConstants;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Runs {@link ArchiveSender} every second on its own thread while Camel runs, and passes each answer to the YAML route
 * {@value #TO}. Defines no route itself.
 */
public final class ArchiveRoute extends RouteBuilder {

    /** Takes a file; the headers CamelFileName and CamelAzureStorageBlobBlobName have its name in the archive. */
    public static final String TO = "direct:tap-archive";

    private static final int STOP_SECONDS = 2;

    private final Archive archive;
    private final ArchiveSender sender;

    public ArchiveRoute(Archive archive, ArchiveSender sender) {
        this.archive = archive;
        this.sender = sender;
    }

    @Override
    public void configure() throws Exception {
        archive.prepare();
        getContext().addService(new OutboxSchedule());
    }

    private final class OutboxSchedule extends ServiceSupport {

        private ScheduledExecutorService thread;
        private ProducerTemplate template;
        private volatile boolean stopping;

        @Override
        protected void doStart() {
            template = getContext().createProducerTemplate();
            thread = getContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "tap-archive");
            thread.scheduleWithFixedDelay(() -> sender.pass(this::put, () -> stopping), 1, 1, TimeUnit.SECONDS);
        }

        private void put(Path file, String name) throws Exception {
            Exchange sent = template.send(TO, exchange -> {
                exchange.getMessage().setBody(file.toFile());
                exchange.getMessage().setHeader(Exchange.FILE_NAME, name);
                exchange.getMessage().setHeader(BlobConstants.BLOB_NAME, name);
            });
            if (sent.getException() != null) {
                throw sent.getException();
            }
        }

        @Override
        protected void doStop() {
            stopping = true;
            if (thread == null) {
                return;
            }
            thread.shutdown();
            try {
                if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                    // an unconfirmed answer is sent again at the next start, under the same name
                    thread.shutdownNow();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
