//! Lists that come by the page.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio_stream::{Stream, StreamExt};

use crate::Error;

/// A page, and the token of the next; empty after the last.
pub(crate) type Page<T> = (Vec<T>, String);
type Fetching<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(String) -> Fetching<T> + Send>;

/// A list as a stream: pages are fetched as they are read. It ends after an error.
#[must_use = "nothing is fetched before it is read"]
pub struct Pages<T> {
    fetch: Fetch<T>,
    items: VecDeque<T>,
    next: Next<T>,
}

enum Next<T> {
    Fetching(Fetching<T>),
    Token(String),
    None,
}

impl<T> Pages<T> {
    pub(crate) fn new<F>(fetch: impl Fn(String) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let fetch = Box::new(move |token| Box::pin(fetch(token)) as Fetching<T>);
        Self { fetch, items: VecDeque::new(), next: Next::Token(String::new()) }
    }

    /// The next one; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>>
    where
        T: Unpin,
    {
        StreamExt::next(self).await
    }

    /// All that are left. For lists known to be short: it holds them all.
    pub async fn all(mut self) -> Result<Vec<T>, Error>
    where
        T: Unpin,
    {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

impl<T: Unpin> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut this.next {
                Next::None => return Poll::Ready(None),
                Next::Token(token) => this.next = Next::Fetching((this.fetch)(std::mem::take(token))),
                Next::Fetching(page) => {
                    let page = ready!(page.as_mut().poll(cx));
                    this.next = Next::None;
                    match page {
                        Ok((items, token)) => {
                            this.items = items.into();
                            if !token.is_empty() {
                                this.next = Next::Token(token);
                            }
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn pages_are_one_list() {
        let pages = Pages::new(|token| async move {
            Ok(match token.as_str() {
                "" => (vec![1, 2], "a".to_owned()),
                "a" => (vec![], "b".to_owned()),
                _ => (vec![3], String::new()),
            })
        });
        assert_eq!(pages.all().await.unwrap(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn a_list_ends_after_an_error() {
        let mut pages = Pages::<u8>::new(|_| async { Err(Error::new(ErrorKind::NotFound, "no")) });
        assert!(pages.next().await.is_some_and(|item| item.is_err()));
        assert!(pages.next().await.is_none());
    }
}
