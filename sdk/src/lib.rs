//! Client of the ChatSession service.
