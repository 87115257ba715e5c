package io.tapsentinel.sentinel.azure;

import com.azure.storage.blob.models.BlobStorageException;
import io.tapsentinel.net.SafeMessage;
import java.util.Set;

/** Describes a failed request to a storage account in one line, with a remedy and without the service's own text. */
public final class BlobFailure {

    private static final Set<String> NO_CONTAINER =
            Set.of("ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled");

    private BlobFailure() {}

    /** The description for log and health. Failures of other endpoints are described by {@link SafeMessage}. */
    public static String of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof BlobStorageException refused) {
                return SafeMessage.of(thrown) + remedy(refused);
            }
        }
        return SafeMessage.of(thrown);
    }

    private static String remedy(BlobStorageException refused) {
        if (NO_CONTAINER.contains(String.valueOf(refused.getErrorCode()))) {
            return ": create the container or correct its name";
        }
        return switch (refused.getStatusCode()) {
            case 401 -> ": sentinel.cloud and azure.blob-endpoint must belong to the same cloud";
            case 403 ->
                ": give the program's identity the role Storage Blob Data Contributor on the container"
                        + " (effective within 10 minutes), and allow it in the account's firewall";
            default -> "";
        };
    }
}
