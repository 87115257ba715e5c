package io.tapsentinel.blob;

import com.azure.storage.blob.models.BlobStorageException;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.net.SafeMessage;
import java.util.Set;

/** What became of a request to a storage account: one line with what to do, without the words of the service. */
public final class BlobFailure {

    private static final Set<String> NO_CONTAINER =
            Set.of("ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled");
    private static final int FORBIDDEN = 403;

    private BlobFailure() {}

    /** In words, for the log and for health. @param role that the identity needs for such a request */
    public static String of(Throwable thrown, String role) {
        BlobStorageException refused = refusal(thrown);
        if (refused == null) {
            return SafeMessage.of(thrown);
        }
        String said = "answered " + refused.getStatusCode()
                + (code(refused).isEmpty() ? "" : " " + Redactor.line(code(refused)));
        if (NO_CONTAINER.contains(code(refused))) {
            return said + ": make the container, or put its name right";
        }
        if (refused.getStatusCode() == FORBIDDEN) {
            return said + ": give the program's identity the role " + role
                    + " on the container (that can take 10 minutes)," + " and let the account's firewall let it in";
        }
        return said
                + (refused.getStatusCode() == 401
                        ? ": sentinel.cloud and azure.blob-endpoint are to be of one cloud"
                        : "");
    }

    /** Whether a storage account has answered, and refused. */
    public static boolean isRefusal(Throwable thrown) {
        return refusal(thrown) != null;
    }

    /** Whether it says something of this one blob only; else others would meet the same. */
    public static boolean isOfOneBlob(Throwable thrown) {
        BlobStorageException refused = refusal(thrown);
        return refused != null
                && refused.getStatusCode() / 100 == 4
                && !NO_CONTAINER.contains(code(refused))
                && !Set.of(401, FORBIDDEN, 408, 429).contains(refused.getStatusCode());
    }

    /** Whether the blob is no longer there, or no longer this version of it. */
    public static boolean isGone(Throwable thrown) {
        BlobStorageException refused = refusal(thrown);
        return refused != null
                && (refused.getStatusCode() == 412
                        || refused.getStatusCode() == 404 && !NO_CONTAINER.contains(code(refused)));
    }

    private static String code(BlobStorageException refused) {
        return refused.getErrorCode() == null ? "" : refused.getErrorCode().toString();
    }

    private static BlobStorageException refusal(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof BlobStorageException refused) {
                return refused;
            }
        }
        return null;
    }
}
