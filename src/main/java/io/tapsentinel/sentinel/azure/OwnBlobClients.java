package io.tapsentinel.sentinel.azure;

import com.azure.storage.blob.BlobServiceClient;
import org.apache.camel.Component;
import org.apache.camel.component.azure.storage.blob.BlobComponent;
import org.apache.camel.component.azure.storage.blob.BlobConfiguration;
import org.apache.camel.spi.ComponentCustomizer;

/**
 * Gives every {@code azure-storage-blob:} endpoint a client of the account in its URI with the program's identity, so
 * URIs need no secret. Credentials or a client set on the component take precedence.
 */
public final class OwnBlobClients implements ComponentCustomizer {

    private final BlobClients clients;

    public OwnBlobClients(BlobClients clients) {
        this.clients = clients;
    }

    @Override
    public boolean isEnabled(String name, Component target) {
        return target instanceof BlobComponent;
    }

    @Override
    public void configure(String name, Component target) {
        ((BlobComponent) target).setConfiguration(new ByAccount(clients));
    }

    /** Camel copies the configuration for each endpoint and asks the copy for its client once the account is known. */
    private static final class ByAccount extends BlobConfiguration {

        private final BlobClients clients;

        ByAccount(BlobClients clients) {
            this.clients = clients;
        }

        @Override
        public BlobServiceClient getServiceClient() {
            BlobServiceClient given = super.getServiceClient();
            if (given != null
                    || getAccountName() == null
                    || getCredentials() != null
                    || getSasToken() != null
                    || getAzureClientSecret() != null) {
                return given;
            }
            return getAccessKey() == null ? clients.of(getAccountName()) : clients.of(getAccountName(), getAccessKey());
        }
    }
}
