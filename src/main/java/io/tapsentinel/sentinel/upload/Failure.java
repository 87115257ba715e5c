package io.tapsentinel.sentinel.upload;

import io.tapsentinel.net.Network;
import io.tapsentinel.net.OwnSecrets;
import io.tapsentinel.net.ProxyRefusedException;
import io.tapsentinel.net.Redactor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What became of a call, in one short line: puts other people's words into ours. */
public final class Failure {

    /** How the messages of {@link ErrorAnswer} show a status. */
    private static final Pattern STATUS = Pattern.compile("(?:refused:|answered) (\\d{3})\\b");

    private Failure() {}

    /** The first exception of input or output in the chain of causes, else the last one. */
    public static String of(Throwable thrown) {
        Throwable root = thrown;
        while (!(root instanceof IOException || root instanceof SignInException) && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof SignInException || root instanceof ProxyRefusedException) {
            // in our own words, however long they are
            return OwnSecrets.mask(root.getMessage());
        }
        // the JDK's client gives no text when it cannot connect
        String text = root.getMessage() != null
                ? Redactor.line(root.getMessage())
                : root.getCause() instanceof UnresolvedAddressException
                        ? "the host name has no address"
                        : root instanceof ConnectException ? "cannot connect" : "";
        return root.getClass().getSimpleName() + (text.isEmpty() ? "" : ": " + text) + Network.remedy(root);
    }

    /** The status in the message of an {@link UploadException} of the endpoint; 0 when there was no answer. */
    public static int status(String message) {
        Matcher found = STATUS.matcher(message);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    /** Whether no connection came about, so that nothing was sent. */
    static boolean isOfConnecting(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Marks the thread as interrupted when that is what failed: clients take the mark off, and a stop would wait for the next try. */
    static void restoreInterrupt(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Host and port. */
    public static String place(URI endpoint) {
        return endpoint.getHost() + ":"
                + (endpoint.getPort() >= 0 ? endpoint.getPort() : "https".equals(endpoint.getScheme()) ? 443 : 80);
    }
}
