package io.tapsentinel.app;

import io.tapsentinel.process.FatalErrors;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.util.concurrent.RejectableScheduledThreadPoolExecutor;
import org.apache.camel.util.concurrent.SizedScheduledExecutorService;

/**
 * Camel's thread pools, but they handle an {@link Error} in a scheduled task. Camel only logs and rethrows it; the JDK then never runs
 * the task again, and its folder is no longer read.
 */
public final class CamelThreadPools extends DefaultThreadPoolFactory {

    private final FatalErrors fatal;

    public CamelThreadPools(FatalErrors fatal) {
        this.fatal = fatal;
    }

    @Override
    public ScheduledExecutorService newScheduledThreadPool(ThreadPoolProfile profile, ThreadFactory threads) {
        RejectedExecutionHandler rejected = profile.getRejectedExecutionHandler();
        ScheduledThreadPoolExecutor pool =
                new RejectableScheduledThreadPoolExecutor(
                        profile.getPoolSize(),
                        threads,
                        rejected == null ? new ThreadPoolExecutor.CallerRunsPolicy() : rejected) {
                    @Override
                    protected void afterExecute(Runnable task, Throwable thrown) {
                        handle(task);
                    }
                };
        pool.setRemoveOnCancelPolicy(true);
        return profile.getMaxPoolSize() > 0 ? new SizedScheduledExecutorService(pool, profile.getMaxQueueSize()) : pool;
    }

    private void handle(Runnable task) {
        // a task that will run again is not done
        if (task instanceof Future<?> future && future.isDone()) {
            try {
                future.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    // even a StackOverflowError: the task is lost
                    fatal.handle(error);
                }
            } catch (CancellationException e) {
                // stopped
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
